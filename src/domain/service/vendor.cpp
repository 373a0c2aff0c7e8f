#include "domain/service/vendor.h"

#include <algorithm>
#include <array>

namespace callboard {

namespace {

constexpr auto v2 = IntegrationType::events_api_v2_inbound_integration;
constexpr auto v1 = IntegrationType::generic_events_api_inbound_integration;

constexpr std::array table{
    Vendor{"PDQVFZM", "Alertmanager", "Alerts from Prometheus Alertmanager.", v2},
    Vendor{"PZQ6AUS", "Amazon CloudWatch", "Alarms from Amazon CloudWatch.", v2},
    Vendor{"PXMUNBF", "AppDynamics", "Events from AppDynamics.", v2},
    Vendor{"PMFU7QV", "Azure Monitor", "Alerts from Azure Monitor.", v2},
    Vendor{backstage_vendor_id, "Backstage", "Incidents triggered from Backstage, and the PagerDuty card.", v2},
    Vendor{"PLOJE2L", "Checkmk", "Notifications from Checkmk.", v2},
    Vendor{"PAM4FGS", "Datadog", "Monitors from Datadog.", v2},
    Vendor{"P8V3BHK", "Dynatrace", "Problems from Dynatrace.", v2},
    Vendor{"PGT9RZN", "Elastic Alerts", "Rules from Elastic and Kibana.", v2},
    Vendor{"PNQ4C6R", "Email", "Alerts by e-mail.", IntegrationType::generic_email_inbound_integration},
    Vendor{"PEA1EVS", "Events API v1", "Any tool that speaks the first Events API.", v1},
    Vendor{"PEA2EVS", "Events API v2", "Any tool that speaks the Events API.", v2},
    Vendor{"PYX4K2W", "Gatus", "Health checks from Gatus.", v2},
    Vendor{"PVDSHZE", "GitHub", "Changes and alerts from GitHub.", v2},
    Vendor{"PVDZ4KD", "GitLab", "Changes and alerts from GitLab.", v2},
    Vendor{"PDDK4LB", "Google Cloud Monitoring", "Alerting policies from Google Cloud.", v2},
    Vendor{"PAVBWL8", "Grafana", "Alerts from Grafana.", v2},
    Vendor{"P1U6R8T", "Icinga", "Notifications from Icinga.", v2},
    Vendor{"PJQQGHT", "Jenkins", "Builds from Jenkins.", v2},
    Vendor{"PHWRX5F", "Kubernetes", "Events from Kubernetes.", v2},
    Vendor{"P4QYVNA", "Nagios", "Notifications from Nagios.", IntegrationType::nagios_inbound_integration},
    Vendor{"PM1A0NR", "New Relic", "Alerts from New Relic.", v2},
    Vendor{"PIV7QQT", "Pingdom", "Checks from Pingdom.", IntegrationType::pingdom_inbound_integration},
    Vendor{"PRM3THS", "Prometheus", "Alerts from Prometheus, by its Alertmanager.", v2},
    Vendor{"PSNTRY1", "Sentry", "Issues from Sentry.", v2},
    Vendor{"PSPLNK1", "Splunk", "Alerts from Splunk.", v2},
    Vendor{"PTRRFM1", "Terraform Cloud", "Changes from Terraform Cloud.", v2},
    Vendor{"PUPTKMA", "Uptime Kuma", "Monitors from Uptime Kuma.", v2},
    Vendor{"P2JQ4GR", "Zabbix", "Problems from Zabbix.", v2},
};

}  // namespace

std::span<const Vendor> vendors() { return table; }

const Vendor* vendor_by_id(std::string_view id) {
    auto found = std::ranges::find(table, id, &Vendor::id);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace callboard
