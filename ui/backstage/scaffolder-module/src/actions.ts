import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { z as zod } from 'zod/v3';
import type { Backend, Outcome } from './backend.js';

type Zod = typeof zod;

const account = (z: Zod) => z.string().optional().describe('Account, where there are several; the default one unless given');
const dryRun = (z: Zod) => z.boolean().optional().describe('Only say what would be made');
const name = (z: Zod) => z.string().min(1).describe('Name; what has this name already is taken as it is');
const description = (z: Zod) => z.string().optional().describe('What it is for');
const serviceId = (z: Zod) => z.string().min(1).describe('Id of the service');
const ids = (z: Zod, of: string) => z.array(z.string()).describe(`Ids of ${of}`);

/** What every action gives, beside what is its own. */
const outputs = {
  id: (z: Zod) => z.string().describe('Id; empty in a dry run of something new'),
  url: (z: Zod) => z.string().describe('Address of its page; empty in a dry run'),
  outcome: (z: Zod) => z.enum(['created', 'found', 'would_create']).describe('Whether it was made, was there, or would be made'),
  account: (z: Zod) => z.string().describe('Account that it is in'),
};

interface Run {
  input: { account?: string; dryRun?: boolean };
  isDryRun?: boolean;
  logger: { info(text: string): void; warn(text: string): void };
  getInitiatorCredentials(): Promise<BackstageCredentials>;
}

const WORDS = { created: 'made', found: 'there already', would_create: 'would be made' };

async function provision(backend: Backend, run: Run, kind: string, body: Record<string, unknown>): Promise<Outcome> {
  const dry_run = Boolean(run.input.dryRun || run.isDryRun);
  const credentials = await run.getInitiatorCredentials();
  const made = await backend.provision(kind, { ...body, account: run.input.account, dry_run }, credentials);
  run.logger.info(`${made.name || kind}: ${WORDS[made.outcome]}${made.html_url ? `, ${made.html_url}` : ''}`);
  return made;
}

interface Outputs {
  output(name: 'id' | 'url' | 'account', value: string): void;
  output(name: 'outcome', value: Outcome['outcome']): void;
}

function tell(run: unknown, made: Outcome): void {
  // The actions differ in what else they give, and have these four in common.
  const { output } = run as Outputs;
  output('id', made.id);
  output('url', made.html_url ?? '');
  output('outcome', made.outcome);
  output('account', made.account);
}

/** `pagerduty:service:create`: inputs and outputs as those of PagerDuty's own action, and more. */
export const createService = (backend: Backend) =>
  createTemplateAction({
    id: 'pagerduty:service:create',
    description: 'Makes a service with an escalation policy and an integration for Backstage, unless one of that name is there',
    supportsDryRun: true,
    schema: {
      input: {
        name,
        description,
        escalationPolicyId: z => z.string().min(1).describe('Id of the escalation policy'),
        alertGrouping: z =>
          z.enum(['time', 'intelligent', 'content_based']).optional().describe('How alerts become one incident; left out where the plan lacks it'),
        account,
        dryRun,
      },
      output: {
        ...outputs,
        serviceId: z => z.string().describe('Id of the service, for the annotation pagerduty.com/service-id'),
        serviceUrl: z => z.string().describe('Address of its page'),
        integrationKey: z => z.string().describe('Key by which events are sent to it; a secret'),
      },
    },
    async handler(run) {
      const { input } = run;
      const made = await provision(backend, run, 'services', {
        name: input.name,
        description: input.description,
        escalation_policy_id: input.escalationPolicyId,
        alert_grouping: input.alertGrouping,
      });
      if (made.left_out?.length) run.logger.warn(`The account has no ${made.left_out.join(' and no ')}: made without.`);
      tell(run, made);
      run.output('serviceId', made.id);
      run.output('serviceUrl', made.html_url ?? '');
      run.output('integrationKey', made.integration_key ?? '');
    },
  });

/** `pagerduty:integration:create`. */
export const createIntegration = (backend: Backend) =>
  createTemplateAction({
    id: 'pagerduty:integration:create',
    description: 'Gives a service an integration of any vendor, unless it has one',
    supportsDryRun: true,
    schema: {
      input: {
        serviceId,
        vendor: z => z.string().min(1).describe('Name of the vendor, such as Datadog, or its id'),
        name: z => z.string().optional().describe('Name of the integration; the vendor’s unless given'),
        account,
        dryRun,
      },
      output: { ...outputs, integrationKey: z => z.string().describe('Key by which events are sent to it; a secret') },
    },
    async handler(run) {
      const { input } = run;
      const body = { service_id: input.serviceId, vendor: input.vendor, name: input.name };
      const made = await provision(backend, run, 'integrations', body);
      tell(run, made);
      run.output('integrationKey', made.integration_key ?? '');
    },
  });

/** `pagerduty:schedule:create`. */
export const createSchedule = (backend: Backend) =>
  createTemplateAction({
    id: 'pagerduty:schedule:create',
    description: 'Makes a schedule by which people take turns, unless one of that name is there',
    supportsDryRun: true,
    schema: {
      input: {
        name,
        description,
        timeZone: z => z.string().min(1).describe('Time zone, such as Europe/Madrid'),
        userIds: z => ids(z, 'people, in the order of their turns'),
        rotationDays: z => z.number().int().min(1).max(365).optional().describe('Days of a turn; 7 unless given'),
        start: z => z.string().optional().describe('When the first turn begins, as 2026-01-31T09:00:00Z; now unless given'),
        account,
        dryRun,
      },
      output: outputs,
    },
    async handler(run) {
      const { input } = run;
      const made = await provision(backend, run, 'schedules', {
        name: input.name,
        description: input.description,
        time_zone: input.timeZone,
        user_ids: input.userIds,
        rotation_days: input.rotationDays,
        start: input.start,
      });
      tell(run, made);
    },
  });

/** `pagerduty:escalation-policy:create`. */
export const createEscalationPolicy = (backend: Backend) =>
  createTemplateAction({
    id: 'pagerduty:escalation-policy:create',
    description: 'Makes an escalation policy, unless one of that name is there',
    supportsDryRun: true,
    schema: {
      input: {
        name,
        description,
        levels: z =>
          z
            .array(
              z.object({
                delayMinutes: z.number().int().min(1).optional(),
                scheduleIds: z.array(z.string()).optional(),
                userIds: z.array(z.string()).optional(),
              }),
            )
            .min(1)
            .describe('Who is asked, level by level, and after how many minutes (30 unless given) the next is'),
        repeats: z => z.number().int().min(0).max(9).optional().describe('How often it begins again; never unless given'),
        account,
        dryRun,
      },
      output: outputs,
    },
    async handler(run) {
      const { input } = run;
      const levels = input.levels.map(level => ({
        delay_minutes: level.delayMinutes,
        schedule_ids: level.scheduleIds ?? [],
        user_ids: level.userIds ?? [],
      }));
      const body = { name: input.name, description: input.description, levels, repeats: input.repeats };
      tell(run, await provision(backend, run, 'escalation-policies', body));
    },
  });

/** `pagerduty:maintenance-window:create`. */
export const createMaintenanceWindow = (backend: Backend) =>
  createTemplateAction({
    id: 'pagerduty:maintenance-window:create',
    description: 'Has nobody told of services for a while, unless an open window of that description is there',
    supportsDryRun: true,
    schema: {
      input: {
        serviceIds: z => ids(z, 'services'),
        description: z => z.string().min(1).describe('Why'),
        start: z => z.string().optional().describe('When it begins, as 2026-01-31T09:00:00Z; now unless given'),
        minutes: z => z.number().int().min(1).optional().describe('How long it lasts; 60 unless given'),
        account,
        dryRun,
      },
      output: outputs,
    },
    async handler(run) {
      const { input } = run;
      const body = { service_ids: input.serviceIds, description: input.description, start: input.start, minutes: input.minutes };
      tell(run, await provision(backend, run, 'maintenance-windows', body));
    },
  });

/** `pagerduty:incident:create`. */
export const createIncident = (backend: Backend) =>
  createTemplateAction({
    id: 'pagerduty:incident:create',
    description: 'Makes an incident, unless an open one of that key, or of that title where there is no key, is there',
    supportsDryRun: true,
    schema: {
      input: {
        serviceId,
        title: z => z.string().min(1).max(1024).describe('What is wrong, in one line'),
        details: z => z.string().optional().describe('What else there is to say'),
        urgency: z => z.enum(['high', 'low']).optional().describe('The service’s own unless given'),
        dedupKey: z => z.string().optional().describe('Two incidents with one key are one'),
        account,
        dryRun,
      },
      output: outputs,
    },
    async handler(run) {
      const { input } = run;
      const made = await provision(backend, run, 'incidents', {
        service_id: input.serviceId,
        title: input.title,
        details: input.details,
        urgency: input.urgency,
        dedup_key: input.dedupKey,
      });
      tell(run, made);
    },
  });

/** `pagerduty:change-event:create`. */
export const createChangeEvent = (backend: Backend) =>
  createTemplateAction({
    id: 'pagerduty:change-event:create',
    description: 'Tells a service of a change, by its integration for Backstage, which is made when it has none',
    supportsDryRun: true,
    schema: {
      input: {
        serviceId,
        summary: z => z.string().min(1).max(1024).describe('What changed, in one line'),
        source: z => z.string().optional().describe('Where; Backstage unless given'),
        links: z => z.array(z.object({ href: z.string().url(), text: z.string().optional() })).optional().describe('Where to read more'),
        account,
        dryRun,
      },
      output: { outcome: outputs.outcome },
    },
    async handler(run) {
      const { input } = run;
      const told = await provision(backend, run, 'change-events', {
        service_id: input.serviceId,
        summary: input.summary,
        source: input.source,
        links: input.links,
      });
      run.output('outcome', told.outcome);
    },
  });

/** All actions of this module. */
export const actionsOf = (backend: Backend) => [
  createService(backend),
  createIntegration(backend),
  createSchedule(backend),
  createEscalationPolicy(backend),
  createMaintenanceWindow(backend),
  createIncident(backend),
  createChangeEvent(backend),
];
