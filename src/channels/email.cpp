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

namespace {

/// Whether a 5xx is about this mail and where it goes, not about us: by the enhanced code (RFC 3463), where there is
/// one. Subjects 1 (address), 2 (mailbox) and 6 (content) are the mail's; the others (routing, protocol, policy, such
/// as "5.7.1 Relay access denied") another provider may see otherwise.
bool is_about_this_mail(const net::SmtpAnswer& answer) {
    if (answer.command != "RCPT" && answer.command != "." && answer.command != "DATA") return false;
    const auto& reply = answer.reply;
    bool has_enhanced_code = reply.size() > 3 && reply.starts_with("5.") && reply[3] == '.';
    if (has_enhanced_code) return reply[2] == '1' || reply[2] == '2' || reply[2] == '6';
    // "No SMTP service here", said late.
    return answer.command != "RCPT" || answer.code != 554;
}

}  // namespace

Outcome outcome_of(const net::SmtpAnswer& answer) {
    // The reply to the message often names it: "2.0.0 Ok: queued as 4XyZ".
    if (answer.accepted) return sent(provider, answer.reply);
    if (answer.failure) return outcome_of(provider, *answer.failure);
    auto detail = fmt::format("{} answered with {} {}", answer.command, answer.code, answer.reply);
    if (answer.code < 500) return try_again(provider, detail);
    return is_about_this_mail(answer) ? refused(provider, detail) : provider_at_fault(provider, detail);
}

}  // namespace callboard::channels
