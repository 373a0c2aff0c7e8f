import { createRouteRef, useRouteRef } from '@backstage/core-plugin-api';

export const rootRouteRef = createRouteRef({ id: 'pagerduty' });

/** Where the page of mappings is in this app; undefined when the app does not have it. */
export function useMappingPath(): string | undefined {
  try {
    return useRouteRef(rootRouteRef)();
  } catch {
    return undefined;
  }
}
