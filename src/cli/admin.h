#pragma once
// The verbs that open the store directly: for the machine the server runs on, also while it runs.

#include <string>

namespace callboard::cli {

struct CreateOwner {
    std::string data;
    std::string name;
    std::string email;
    std::string password;
};

struct CreateApiKey {
    std::string data;
    std::string description;
    bool read_only = false;
    /// E-mail of the user whose key it is; empty: a general access key.
    std::string user;
};

/// Each prints its result on standard output, problems on standard error, and returns the exit code: 2 for what cannot
/// be meant, before anything is touched; 1 for what the store refuses.
int create_owner(const CreateOwner& command);
int create_api_key(const CreateApiKey& command);

}  // namespace callboard::cli
