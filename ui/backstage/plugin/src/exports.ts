// What both frontend systems share.

export { PagerDutyClient, PagerDutyError, UnauthorizedError, pagerDutyApiRef } from './api/client.js';
export type { IncidentChanges, PagerDutyApi } from './api/client.js';
export type * from './api/types.js';
export {
  PAGERDUTY_ACCOUNT,
  PAGERDUTY_INTEGRATION_KEY,
  PAGERDUTY_SERVICE_ID,
  isGatheringEntity,
  isPluginApplicableToEntity,
  selectorsOf,
} from './entity.js';
export type { PagerDutyEntity } from './entity.js';
export type { EntityCardProps } from './components/EntityCards.js';
export type { HomePageCardProps } from './components/HomeCards.js';
export type { TriggerButtonProps } from './components/TriggerButton.js';
