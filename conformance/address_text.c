/* Addresses as text, where Windows prints or reads them in its own way. Contract 08 section 3. */
#include "say_socket.h"

static void print(const char *given)
{
    struct sockaddr_in6 name;
    char network[64], whole[64];
    DWORD room = sizeof(whole);
    memset(&name, 0, sizeof(name));
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(80);
    if (inet_pton(AF_INET6, given, &name.sin6_addr) != 1)
        die("inet_pton");
    if (!inet_ntop(AF_INET6, &name.sin6_addr, network, sizeof(network)))
        die("inet_ntop");
    if (WSAAddressToStringA((struct sockaddr *)&name, sizeof(name), NULL, whole, &room) != 0)
        die("WSAAddressToString");
    printf("%s: %s, %s\n", given, network, whole);
}

static void read_four(char *text)
{
    struct sockaddr_in name;
    int size = sizeof(name);
    memset(&name, 0, sizeof(name));
    printf("'%s' ", text);
    say_socket("as an address", WSAStringToAddressA(text, AF_INET, NULL, (struct sockaddr *)&name, &size));
    if (name.sin_family)
        printf("%08lX %d\n", (unsigned long)ntohl(name.sin_addr.s_addr), ntohs(name.sin_port));
}

int main(void)
{
    static const char *const texts[] = {
        "::", "::1", "::102", "::1:2", "::102:304", "::ffff:0:0", "::ffff:0:102", "::ffff:102:0", "::ffff:102:304", "::ffff:0:102:304",
        "::ffff:0:0:304", "fe80::5efe:102:304", "fe80::200:5efe:0:304", "fe80::100:5efe:102:304", "2001:db8:1:2:0:5efe:c0a8:1",
        "64:ff9b::102:304", "1:0:0:1:0:0:0:1", "1:0:0:1:0:0:1:1", "1:0:2:3:4:5:6:0", "1:2:3:4:5:6:0:0", "0:0:2:3:4:5:6:7",
    };
    static char fours[][24] = {"1.2.3.4", "1.2.3.4:80", "0x7f.1", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4 x", "1.2.3.4:0", "1.2.3.4:65536"};
    size_t i;
    startup();
    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        print(texts[i]);
    for (i = 0; i < sizeof(fours) / sizeof(*fours); i++)
        read_four(fours[i]);
    WSACleanup();
    return 0;
}
