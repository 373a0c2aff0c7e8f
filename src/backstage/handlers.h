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
Reply get_permissions(Call& call);
Reply get_health(Call& call);

// dependencies.cpp
Reply list_dependencies(Call& call);
Reply add_dependencies(Call& call);
Reply remove_dependencies(Call& call);

// card_page.cpp
Reply get_card(Call& call);

// respond.cpp
Reply trigger_incident(Call& call);
Reply acknowledge_incident(Call& call);
Reply resolve_incident(Call& call);
Reply escalate_incident(Call& call);
Reply reassign_incident(Call& call);
Reply snooze_incident(Call& call);
Reply add_note(Call& call);
Reply add_responders(Call& call);
Reply merge_incident(Call& call);

// arrange.cpp
Reply take_over(Call& call);
Reply start_maintenance(Call& call);
Reply end_maintenance(Call& call);

// mine.cpp
Reply roll_up(Call& call);
Reply get_my_on_call(Call& call);
Reply get_my_incidents(Call& call);
Reply list_assignees(Call& call);

// provision.cpp
Reply provision_service(Call& call);
Reply provision_integration(Call& call);
Reply provision_schedule(Call& call);
Reply provision_escalation_policy(Call& call);
Reply provision_maintenance_window(Call& call);
Reply provision_incident(Call& call);
Reply provision_change_event(Call& call);

// preview.cpp
Reply preview(Call& call);

// settings.cpp
Reply get_setting(Call& call);
Reply put_settings(Call& call);

// mapping.cpp
Reply list_mappings(Call& call);
Reply get_mapping_of_entity(Call& call);
Reply get_mapping_of_service(Call& call);
Reply put_mapping(Call& call);
Reply delete_mapping(Call& call);
Reply get_annotated_service(Call& call);

// mapping_page.cpp
Reply list_mapped_entities(Call& call);

// mapping_bulk.cpp
Reply put_mappings(Call& call);

// mapping_import.cpp
Reply import_mappings(Call& call);
Reply export_mappings(Call& call);

// auto_match.cpp
Reply start_auto_match(Call& call);
Reply get_auto_match(Call& call);

// custom_fields.cpp
Reply create_custom_field(Call& call);
Reply list_custom_fields(Call& call);
Reply update_custom_field(Call& call);
Reply enable_custom_field(Call& call);
Reply delete_custom_field(Call& call);
Reply sync_custom_fields(Call& call);
Reply add_sync_log(Call& call);
Reply list_sync_logs(Call& call);

// changes.cpp
Reply get_changes(Call& call);

// sync_routes.cpp
Reply get_sync(Call& call);
Reply start_sync(Call& call);
Reply process_entity(Call& call);

}  // namespace callboard::backstage
