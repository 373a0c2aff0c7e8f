#include "storage/table_impl.h"
#include "storage/tables.h"

namespace callboard {

template struct Table<User>;
template struct Table<ContactMethod>;
template struct Table<NotificationRule>;
template struct Table<HandoffRule>;
template struct Table<ContactProof>;
template struct Table<Team>;
template struct Table<TeamMember>;
template struct Table<ApiKey>;
template struct Table<Credential>;
template struct Table<Session>;
template struct Table<OAuthApp>;
template struct Table<OAuthToken>;
template struct Table<Priority>;
template struct Table<Heartbeat>;
template struct Table<OAuthClient>;
template struct Table<WebhookSubscription>;
template struct Table<WebhookDelivery>;
template struct Table<Tag>;
template struct Table<Tagging>;

}  // namespace callboard
