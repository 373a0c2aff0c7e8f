#include "channels/email.h"

#include "channels/mail_text.h"
#include "channels/outcome.h"
#include "channels/text.h"

#include <fmt/format.h>

namespace callboard::channels {

namespace {

constexpr std::string_view provider = "smtp";

class Email final : public Channel {
public:
    explicit Email(EmailConfig config) : config_(std::move(config)) {
        if (auto sender = read_sender(config_.from)) sender_ = *std::move(sender);
    }

    [[nodiscard]] std::string_view name() const override { return provider; }

    Outcome send(const Message& message, Timestamp now) override {
        if (sender_.address.empty()) return provider_at_fault(provider, "email.from is no address");
        // Asked of what was given, not of what is left of it after cleaning.
        if (!net::is_mail_address(message.to)) return refused(provider, "not an address that mail can go to");
        auto mail = cleaned(message);
        net::SmtpRequest request;
        request.url = config_.smtp_url;
        request.starttls = config_.starttls;
        request.username = config_.username;
        request.password = config_.password;
        request.ca_file = config_.ca_file;
        request.from = sender_.address;
        request.to = mail.to;
        request.message = mail_text(mail, sender_, now);
        return outcome_of(net::send_smtp(request));
    }

private:
    EmailConfig config_;
    Sender sender_;
};

}  // namespace

std::unique_ptr<Channel> make_email(EmailConfig config) { return std::make_unique<Email>(std::move(config)); }

Outcome outcome_of(const net::SmtpAnswer& answer) {
    // The reply to the message often names it: "2.0.0 Ok: queued as 4XyZ".
    if (answer.accepted) return sent(provider, answer.reply);
    if (answer.failure) return outcome_of(provider, *answer.failure);
    auto detail = fmt::format("{} answered with {} {}", answer.command, answer.code, answer.reply);
    if (answer.code < 500) return try_again(provider, detail);
    bool is_about_this_mail = answer.command == "RCPT" || answer.command == "." || answer.command == "DATA";
    return is_about_this_mail ? refused(provider, detail) : provider_at_fault(provider, detail);
}

}  // namespace callboard::channels
