// Two rounds in C++: nothing is destroyed before a filter has decided.
#include <windows.h>
#include <stdio.h>
#include <string>
#include <vector>

struct Noisy {
    ~Noisy() { printf("destroyed\n"); }
};

static int asked(int answer) {
    printf("filter\n");
    return answer;
}

static void raises(int again) {
    Noisy noisy;
    RaiseException(0xE0000001, 0, 0, NULL);
    printf("goes on\n");
    if (again) RaiseException(0xE0000002, 0, 0, NULL);
    printf("not reached\n");
}

static int leaves() {
    int done = 0;
    __try {
        std::vector<std::string> some(2, "text");
        if (some.size() == 2) __leave;
        done = 2;
    } __finally {
        done++;
    }
    return done;
}

int main() {
    setvbuf(stdout, NULL, _IONBF, 0);
    __try {
        __try {
            raises(1);
        } __finally {
            printf("finally %d\n", AbnormalTermination());
        }
    } __except (asked(GetExceptionCode() == 0xE0000001 ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_EXECUTE_HANDLER)) {
        printf("handled\n");
    }
    auto lambda = [](int n) -> int {
        __try {
            RaiseException(0xE0000003, 0, 0, NULL);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            return n + 1;
        }
        return 0;
    };
    printf("lambda %d\n", lambda(1));
    printf("left %d\n", leaves());
    __try {
        __try {
            RaiseException(0xE0000004, 0, 0, NULL);
        } __finally {
            __try {
                RaiseException(0xE0000005, 0, 0, NULL);
            } __except (EXCEPTION_EXECUTE_HANDLER) {
                printf("in the block\n");
            }
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        printf("handled again\n");
    }
    return 0;
}
