#pragma once
// The handlers of the routes, by the file they are in. Each asks the REST API and shapes what it says as the card's
// client reads it.

#include "backstage/route.h"

namespace callboard::backstage {

// services.cpp
Reply get_service(Call& call);
Reply find_services(Call& call);
Reply create_integration(Call& call);

// card.cpp
Reply get_incidents(Call& call);
Reply get_change_events(Call& call);
Reply get_standards(Call& call);
Reply get_metrics(Call& call);
Reply get_on_call_users(Call& call);

// directory.cpp
Reply list_escalation_policies(Call& call);
Reply list_teams(Call& call);
Reply list_accounts(Call& call);
Reply get_health(Call& call);

// dependencies.cpp
Reply list_dependencies(Call& call);
Reply add_dependencies(Call& call);
Reply remove_dependencies(Call& call);

// mapping.cpp
Reply get_setting(Call& call);
Reply get_mapping_of_entity(Call& call);
Reply get_mapping_of_service(Call& call);

}  // namespace callboard::backstage
