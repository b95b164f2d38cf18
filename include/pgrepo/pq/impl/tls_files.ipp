#pragma once

#include <pgrepo/base/secret.hpp>
#include <pgrepo/pq/endpoint.hpp>
#include <pgrepo/pq/server_error.hpp>
#include <pgrepo/pq/tls_files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

namespace pgrepo::detail {

enum class pem_file : unsigned char { certificates, key };

struct open_file {
    explicit open_file(const std::string& path) noexcept
        : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (descriptor >= 0) ::close(descriptor);
    }
    int descriptor;
};

/// Why the text is not what it should be; empty: it is.
PGREPO_DECL std::string_view pem_problem(std::string_view text, pem_file what) noexcept {
    const auto holds = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
    if (text.empty()) return "it is empty";
    if (what == pem_file::certificates)
        return holds("-----BEGIN ") && holds("CERTIFICATE-----") ? "" : "it holds no certificate in PEM form";
    if (holds("BEGIN ENCRYPTED") || holds(",ENCRYPTED"))
        return "the key in it needs a passphrase; store it without (openssl pkey)";
    return holds("-----BEGIN ") && holds("PRIVATE KEY-----") ? "" : "it holds no private key in PEM form";
}

/// Why the file cannot be used; empty: it can. The rule for a key's permissions is libpq's.
PGREPO_DECL std::string file_problem(const std::string& path, pem_file what) {
    static constexpr std::size_t most_bytes = std::size_t{4} << 20;
    if (path.find('\0') != std::string::npos) return "the path holds a zero byte";
    const open_file file(path);
    struct ::stat facts{};
    if (file.descriptor < 0 || ::fstat(file.descriptor, &facts) != 0) return std::generic_category().message(errno);
    if (S_ISDIR(facts.st_mode)) return "it is a directory";
    if (!S_ISREG(facts.st_mode)) return "it is not a regular file";
    const auto too_many = facts.st_uid == 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
    if (what == pem_file::key && (facts.st_mode & static_cast<mode_t>(too_many)) != 0)
        return "others than its owner may read or change it; chmod 600 it";
    std::string text;
    for (char block[4096]; text.size() < most_bytes;) {
        const auto got = ::read(file.descriptor, block, sizeof block);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::generic_category().message(errno);
        if (got == 0) break;
        text.append(block, static_cast<std::size_t>(got));
        if (what == pem_file::certificates && pem_problem(text, what).empty()) break; // a bundle is long
    }
    std::string problem(pem_problem(text, what));
    if (what == pem_file::key) wipe(text);
    return problem;
}

PGREPO_DECL void find_tls_file_problems(const connection_options& options, setting_problems& problems) {
    const auto look = [&](std::string_view field, const std::string& path, pem_file what) {
        if (path.empty()) return;
        const std::string problem = file_problem(path, what);
        if (!problem.empty())
            problems.push_back({field, "names a file that cannot be used, " + escaped(path, 200) + ": " + problem});
    };
    look("tls_ca", options.tls_ca, pem_file::certificates);
    look("tls_cert", options.tls_cert, pem_file::certificates);
    look("tls_key", options.tls_key, pem_file::key);
    if (!options.tls_cert.empty() && options.tls_key.empty())
        problems.push_back({"tls_key", "is not set, but a client certificate is; name the file with its key"});
    if (options.tls_cert.empty() && !options.tls_key.empty())
        problems.push_back({"tls_cert", "is not set, but a client key is; name the file with its certificate"});
    if (options.tls_ca.empty() && wants_tls(options) && options.tls != tls_mode::insecure_no_verify)
        if (const std::string bundle = trusted_certificates(options),
            problem = file_problem(bundle, pem_file::certificates);
            !problem.empty())
            problems.push_back({"tls_ca", "is not set, and the system's bundle cannot be used, " + bundle + ": " +
                                              problem + "; install ca-certificates or set it"});
}

} // namespace pgrepo::detail
