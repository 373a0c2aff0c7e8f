// The schedule editor's draft, and what of it the API takes.

import type { Layer, Ref, Restriction, Schedule } from '../../api/types';
import { refTo } from '../../api/types';
import { momentOf, wallOf } from './zones';

export interface DraftRestriction {
  weekly: boolean;
  /** 1 is Monday */
  day: number;
  /** "18:00" */
  from: string;
  hours: number;
}

export interface DraftLayer {
  key: string;
  id: string | undefined;
  name: string;
  users: { key: string; user: Ref }[];
  turnSeconds: number;
  /** Wall clocks of the schedule's zone. */
  handOff: string;
  start: string;
  restrictions: DraftRestriction[];
}

export interface Draft {
  name: string;
  description: string;
  zone: string;
  teams: Pick<Ref, 'id' | 'summary'>[];
  /** The last one wins, as the API has it newest first. */
  layers: DraftLayer[];
}

let keys = 0;
export const newKey = (): string => `k${++keys}`;

export const newLayer = (name: string, zone: string, now: number): DraftLayer => {
  const hour = wallOf(Math.ceil(now / 3_600_000) * 3_600_000, zone);
  return { key: newKey(), id: undefined, name, users: [], turnSeconds: 604_800, handOff: `${hour.slice(0, 11)}09:00`, start: hour, restrictions: [] };
};

const readRestriction = (one: Restriction): DraftRestriction => ({
  weekly: one.type === 'weekly_restriction', day: one.start_day_of_week ?? 1, from: one.start_time_of_day.slice(0, 5), hours: one.duration_seconds / 3600,
});

const writeRestriction = (one: DraftRestriction): Restriction => ({
  type: one.weekly ? 'weekly_restriction' : 'daily_restriction', start_time_of_day: `${one.from}:00`, duration_seconds: Math.round(one.hours * 3600),
  ...(one.weekly ? { start_day_of_week: one.day } : {}),
});

/** Layers that have ended are the past's. */
const lasts = (layer: Layer, now: number): boolean => layer.end === null || Date.parse(layer.end) > now;

export function draftOf(schedule: Schedule, now: number): Draft {
  const zone = schedule.time_zone;
  return {
    name: schedule.name,
    description: schedule.description ?? '',
    zone,
    teams: schedule.teams,
    layers: schedule.schedule_layers.filter((layer) => lasts(layer, now)).map((layer) => ({
      key: newKey(), id: layer.id, name: layer.name, turnSeconds: layer.rotation_turn_length_seconds,
      users: layer.users.map(({ user }) => ({ key: newKey(), user })),
      handOff: wallOf(layer.rotation_virtual_start, zone), start: wallOf(layer.start, zone), restrictions: layer.restrictions.map(readRestriction),
    })),
  };
}

/** The body of a preview, a POST or a PUT. `kept` are the stored layers: a start that was not touched stays to the second. */
export function bodyOf(draft: Draft, kept: Layer[] = []) {
  const asStored = (wall: string, stored: string | undefined) => (stored && wallOf(stored, draft.zone) === wall ? stored : momentOf(wall, draft.zone));
  return {
    schedule: {
      type: 'schedule', name: draft.name.trim(), description: draft.description, time_zone: draft.zone, teams: draft.teams.map((team) => refTo('team', team.id)),
      schedule_layers: draft.layers.map((layer) => {
        const stored = kept.find((one) => one.id === layer.id);
        return {
          ...(layer.id ? { id: layer.id } : {}), name: layer.name, start: asStored(layer.start, stored?.start), rotation_virtual_start: asStored(layer.handOff, stored?.rotation_virtual_start),
          rotation_turn_length_seconds: layer.turnSeconds, users: layer.users.map(({ user }) => ({ user: refTo('user', user.id) })), restrictions: layer.restrictions.map(writeRestriction),
        };
      }),
    },
  };
}
