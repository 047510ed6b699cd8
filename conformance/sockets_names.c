/* Addresses as text and back, names, services, protocols: what needs no network (contract 08 sections 3 and 11). */
#include "say_socket.h"

static void text_of_addresses(void)
{
    static const char *const loose[] = {"127.0.0.1", "127.1", "0x7f.1", "017.1", "1.2.3.4.5", "256.1.1.1", "", " ", "1.2.3.4 ", "x"};
    static const char *const six[] = {"::", "::1", "::1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:0:0:2::3", "fe80::1%3", "1::2::3", "12345::"};
    struct in_addr address;
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    unsigned i;
    for (i = 0; i < sizeof(loose) / sizeof(*loose); i++)
        printf("inet_addr \"%s\": %08lX\n", loose[i], (unsigned long)ntohl(inet_addr(loose[i])));
    address.s_addr = htonl(0xC0A80102);
    printf("inet_ntoa: %s\n", inet_ntoa(address));
    for (i = 0; i < sizeof(six) / sizeof(*six); i++) {
        int result = inet_pton(AF_INET6, six[i], bytes);
        printf("inet_pton %s: %d", six[i], result);
        printf(result == 1 ? ", %s\n" : "\n", result == 1 ? inet_ntop(AF_INET6, bytes, text, sizeof(text)) : "");
    }
    say_socket("inet_pton, another family", inet_pton(99, "1.2.3.4", bytes));
    say_socket("inet_pton, an address of three parts", inet_pton(AF_INET, "1.2.3", bytes));
    printf("inet_ntop, too little room: %s\n", inet_ntop(AF_INET, bytes, text, 4) ? "text" : "NULL");
}

static void ports(void)
{
    static const char *const names[] = {"1.2.3.4:80", "1.2.3.4", "1.2.3.4:0x50", "1.2.3.4:", "1.2.3.4:65536", "x"};
    static const char *const six[] = {"[::1]:80", "::1", "[fe80::1%3]:80", "[::1", "::1%7"};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    char text[100];
    DWORD room;
    INT size;
    unsigned i;
    for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size = sizeof(v4);
        if (WSAStringToAddressA((LPSTR)names[i], AF_INET, NULL, (struct sockaddr *)&v4, &size) != 0) {
            printf("%s: %d\n", names[i], WSAGetLastError());
            continue;
        }
        room = sizeof(text);
        WSAAddressToStringA((struct sockaddr *)&v4, sizeof(v4), NULL, text, &room);
        printf("%s: family %d, %s, %lu characters\n", names[i], v4.sin_family, text, room);
    }
    for (i = 0; i < sizeof(six) / sizeof(*six); i++) {
        size = sizeof(v6);
        if (WSAStringToAddressA((LPSTR)six[i], AF_INET6, NULL, (struct sockaddr *)&v6, &size) != 0) {
            printf("%s: %d\n", six[i], WSAGetLastError());
            continue;
        }
        room = sizeof(text);
        WSAAddressToStringA((struct sockaddr *)&v6, sizeof(v6), NULL, text, &room);
        printf("%s: family %d, %s, %lu characters\n", six[i], v6.sin6_family, text, room);
    }
    size = 4;
    say_socket("no room for the address", WSAStringToAddressA((LPSTR) "1.2.3.4", AF_INET, NULL, (struct sockaddr *)&v4, &size));
    printf("needed: %d\n", size);
    room = 3;
    v4.sin_family = AF_INET;
    v4.sin_port = 0;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    say_socket("no room for the text", WSAAddressToStringA((struct sockaddr *)&v4, sizeof(v4), NULL, text, &room));
    printf("needed: %lu\n", room);
}

static void look_up(const char *what, const char *node, const char *service, int flags, int family, int type, int protocol)
{
    struct addrinfo hints, *list = NULL, *one;
    int code;
    memset(&hints, 0, sizeof(hints));
    hints.ai_flags = flags;
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = protocol;
    code = getaddrinfo(node, service, &hints, &list);
    printf("%s: %d\n", what, code);
    for (one = list; one != NULL; one = one->ai_next) {
        char host[NI_MAXHOST], port[NI_MAXSERV];
        int named = getnameinfo(one->ai_addr, (socklen_t)one->ai_addrlen, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
        printf("  flags %X, family %d, type %d, protocol %d, %d bytes, %s %s, name %s\n", (unsigned)one->ai_flags, one->ai_family, one->ai_socktype,
               one->ai_protocol, (int)one->ai_addrlen, named == 0 ? host : "?", named == 0 ? port : "?", one->ai_canonname ? one->ai_canonname : "none");
    }
    freeaddrinfo(list);
}

static void look_ups(void)
{
    look_up("an address", "127.0.0.1", "80", 0, AF_INET, SOCK_STREAM, IPPROTO_TCP);
    look_up("of IPv6", "::1", "80", AI_NUMERICHOST, AF_UNSPEC, SOCK_DGRAM, 0);
    look_up("a service", "127.0.0.1", "http", 0, AF_INET, SOCK_STREAM, 0);
    look_up("for a server", NULL, "8080", AI_PASSIVE, AF_INET, SOCK_STREAM, 0);
    look_up("for a client", NULL, "8080", 0, AF_INET, SOCK_STREAM, 0);
    look_up("nothing", NULL, NULL, 0, AF_INET, SOCK_STREAM, 0);
    look_up("not a number", "localhost", "80", AI_NUMERICHOST, AF_INET, SOCK_STREAM, 0);
    look_up("no such service", "127.0.0.1", "nosuchservice", 0, AF_INET, SOCK_STREAM, 0);
    look_up("another family", "127.0.0.1", "80", 0, 99, SOCK_STREAM, 0);
    look_up("another type", "127.0.0.1", "80", 0, AF_INET, 99, 0);
}

static void tables(void)
{
    struct servent *service = getservbyname("http", "tcp");
    struct protoent *protocol = getprotobyname("tcp");
    struct hostent *host;
    char name[256];
    printf("http: %s %d %s\n", service->s_name, ntohs(service->s_port), service->s_proto);
    service = getservbyport(htons(53), "udp");
    printf("53: %s %s\n", service->s_name, service->s_proto);
    printf("no such service: %s", getservbyname("nosuchservice", NULL) ? "found\n" : "NULL");
    printf("/%d\n", WSAGetLastError());
    printf("tcp: %s %d\n", protocol->p_name, protocol->p_proto);
    protocol = getprotobynumber(17);
    printf("17: %s\n", protocol->p_name);
    printf("no such protocol: %s", getprotobyname("nosuchprotocol") ? "found\n" : "NULL");
    printf("/%d\n", WSAGetLastError());
    host = gethostbyname("127.0.0.1");
    printf("127.0.0.1: family %d, %d bytes, %s\n", host->h_addrtype, host->h_length, inet_ntoa(*(struct in_addr *)host->h_addr_list[0]));
    say_socket("gethostname", gethostname(name, sizeof(name)));
    say_socket("gethostname, too little room", gethostname(name, 1));
    host = gethostbyname(name);
    printf("this computer: %s, %d bytes\n", host && host->h_addr_list[0] ? "has an address" : "unknown", host ? host->h_length : 0);
}

int main(void)
{
    WSADATA data;
    static const WORD versions[] = {0x0101, 0x0002, 0x0202, 0x0303, 0x0100, 0};
    unsigned i;
    setvbuf(stdout, NULL, _IONBF, 0);
    say_socket("socket before WSAStartup", (int)socket(AF_INET, SOCK_STREAM, 0));
    for (i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
        int code = WSAStartup(versions[i], &data);
        printf("WSAStartup %04X: %d, version %X, highest %X\n", versions[i], code, data.wVersion, data.wHighVersion);
        if (code == 0)
            WSACleanup();
    }
    startup();
    printf("htons %X, htonl %X, ntohs %X, ntohl %X\n", htons(0x1234), (unsigned)htonl(0x12345678), ntohs(0x1234), (unsigned)ntohl(0x12345678));
    text_of_addresses();
    ports();
    look_ups();
    tables();
    WSACleanup();
    return 0;
}
