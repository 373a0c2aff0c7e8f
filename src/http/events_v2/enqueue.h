#pragma once
// The Events API over HTTP: POST /v2/enqueue, /v2/change/enqueue and v1's create_event.json. Parsing and checking
// happen on the I/O thread; the accepted event becomes one decision, and the sender is answered when that decision
// is on disk.

#include "http/kit/site.h"
#include "http/server/message.h"

#include <memory>

namespace callboard::http {

class EventsApi {
public:
    explicit EventsApi(const Site& site) : site_(site) {}

    /// Answers when the target is one of the three; false when it is somebody else's.
    bool handle(Message& message, const std::shared_ptr<Responder>& responder);

    static bool is_event_path(std::string_view target);
    /// A refusal in the form of this API.
    static Response refusal(std::string_view target, int status, std::string_view why);

private:
    void enqueue(Message& message, const std::shared_ptr<Responder>& responder);
    void enqueue_change(Message& message, const std::shared_ptr<Responder>& responder);
    void enqueue_v1(Message& message, const std::shared_ptr<Responder>& responder);

    const Site& site_;
};

}  // namespace callboard::http
