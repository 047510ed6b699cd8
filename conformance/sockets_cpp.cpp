/* C++ with winsock2.h: members and functions of namespaces that are named like calls of the socket library, std::bind and the
 * standard headers, the sizes of u_long and fd_set after <stdlib.h>, two threads over one connection. */
#include <cstdlib>
#include <sys/types.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

static_assert(sizeof(u_long) == 4, "u_long has 32 bits");
static_assert(sizeof(fd_set) == sizeof(SOCKET) * (FD_SETSIZE + 1), "a set is a list");
static_assert(sizeof(timeval) == 8, "timeval has fields of 32 bits");
static_assert(AF_INET6 == 23 && SOL_SOCKET == 0xFFFF, "the numbers of Windows");

class Connection {
public:
    explicit Connection(SOCKET s) : socket_(s) {}
    ~Connection() { close(); }
    int send(const std::string &text) { return ::send(socket_, text.data(), static_cast<int>(text.size()), 0); }
    std::string recv(int most)
    {
        std::vector<char> room(static_cast<std::size_t>(most));
        int got = ::recv(socket_, room.data(), most, 0);
        return got > 0 ? std::string(room.data(), static_cast<std::size_t>(got)) : std::string("nothing");
    }
    bool bind(const sockaddr_in &name) { return ::bind(socket_, reinterpret_cast<const sockaddr *>(&name), sizeof(name)) == 0; }
    bool listen(int backlog) { return ::listen(socket_, backlog) == 0; }
    bool connect(const sockaddr_in &name) { return ::connect(socket_, reinterpret_cast<const sockaddr *>(&name), sizeof(name)) == 0; }
    std::unique_ptr<Connection> accept() { return std::unique_ptr<Connection>(new Connection(::accept(socket_, nullptr, nullptr))); }
    int select()
    {
        fd_set set;
        timeval limit = {5, 0};
        FD_ZERO(&set);
        FD_SET(socket_, &set);
        return ::select(0, &set, nullptr, nullptr, &limit);
    }
    bool shutdown() { return ::shutdown(socket_, SD_SEND) == 0; }
    sockaddr_in getsockname() const
    {
        sockaddr_in name = sockaddr_in();
        int size = sizeof(name);
        ::getsockname(socket_, reinterpret_cast<sockaddr *>(&name), &size);
        return name;
    }
    void close()
    {
        if (socket_ != INVALID_SOCKET)
            closesocket(socket_);
        socket_ = INVALID_SOCKET;
    }

private:
    SOCKET socket_;
};

namespace tools {
int socket(int x) { return x + 1; }
int poll(int x) { return x + 2; }
}

int main()
{
    WSADATA data;
    std::cout << "WSAStartup: " << WSAStartup(MAKEWORD(2, 2), &data) << std::endl;
    std::function<int(int)> bound = std::bind(tools::socket, std::placeholders::_1);
    std::cout << "std::bind: " << bound(1) << ", poll: " << tools::poll(1) << std::endl;

    Connection listener(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    sockaddr_in name = sockaddr_in();
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::cout << "bind: " << listener.bind(name) << ", listen: " << listener.listen(5) << std::endl;
    name = listener.getsockname();
    std::thread client([&name] {
        Connection c(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
        c.connect(name);
        c.send("from a thread");
        c.shutdown();
        std::string back = c.recv(100);
        std::reverse(back.begin(), back.end());
        std::cout << "the client got " << back << std::endl;
    });
    std::unique_ptr<Connection> server = listener.accept();
    std::cout << "select: " << server->select() << std::endl;
    std::string text = server->recv(100);
    std::cout << "the server got " << text << std::endl;
    std::reverse(text.begin(), text.end());
    server->send(text);
    client.join();
    server->close();
    listener.close();
    std::cout << "WSACleanup: " << WSACleanup() << std::endl;
    return 0;
}
