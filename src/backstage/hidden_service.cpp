#include "backstage/hidden_service.h"

#include "backstage/service_directory.h"

namespace callboard::backstage {

bool is_hidden_service(Call& call, const Account* account, const std::string& service_id) {
    bool sees_all = !call.caller.identity || call.caller.identity->view().empty();
    if (!account || sees_all || !account->upstream->near()) return false;
    auto listed = call.room.directory.services(call, *account);
    if (listed.list && listed.list->with_id(service_id)) return false;
    auto question = call.question("GET", "/services/" + percent_encode(service_id));
    if (call.ask(*account, question).ok()) return false;
    // As the account itself.
    question.identity = nullptr;
    return call.ask(*account, question).status != 404;
}

}  // namespace callboard::backstage
