#pragma once
// Where a person stands, as it is stored now: what domain/access decides by.

#include "domain/access/access.h"
#include "domain/incident/incident.h"
#include "storage/tx.h"

namespace callboard {

Standing standing_of(Tx& tx, const User& user);

/// It was given to them, or they were asked to help: it exists for them wherever it belongs.
bool is_responder(Tx& tx, UserId user, const Incident& incident);

/// Whether the person may act on the incident, by whatever way: a request, a link of a message, a key, a button.
bool may_respond(Tx& tx, const Standing& standing, UserId user, const Incident& incident);

/// Whether private teams let the person hear of the incident; their role is not asked, since they were subscribed.
bool may_hear_of(Tx& tx, const User& user, const Incident& incident);

}  // namespace callboard
