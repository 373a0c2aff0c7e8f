import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Radio,
  RadioGroup,
  Select,
  TextAreaField,
  TextField,
} from '@backstage/ui';
import { useEffect, useState } from 'react';
import { PagerDutyError, pagerDutyApiRef } from '../api/client.js';
import type { Incident, Named, OnCallData, Preview, Selector } from '../api/types.js';
import { useNow } from '../hooks.js';
import { allOf, listed, localTime, offset, previewLines } from '../text.js';
import { Icon, Outside } from './basic.js';
import { PeoplePicker, useAssignees } from './PeoplePicker.js';

/** A policy may begin again and again; what comes first matters. */
const LINES_MAX = 7;

/** Without one the service decides, as for what tools tell it of. */
type Urgency = 'high' | 'low' | 'service';

/** So that the form stays one. */
const SAME_MAX = 3;
const NO_PRIORITY = 'none';

const sentUrgency = (urgency: Urgency) => (urgency === 'service' ? undefined : urgency);

function usePreview(selector: Selector, urgency: Urgency, active: boolean) {
  const api = useApi(pagerDutyApiRef);
  const key = JSON.stringify(selector);
  const [found, setFound] = useState<{ preview?: Preview; error?: Error }>({});
  useEffect(() => {
    if (!active) return undefined;
    const controller = new AbortController();
    setFound({});
    api.preview(JSON.parse(key) as Selector, sentUrgency(urgency), controller.signal).then(
      preview => setFound({ preview }),
      (error: Error) => {
        if (!controller.signal.aborted) setFound({ error });
      },
    );
    return () => controller.abort();
  }, [api, key, urgency, active]);
  return found;
}

/** Who is told, when, how, and what time it is for them. */
function WhoWillBePaged(props: { found: { preview?: Preview; error?: Error }; zones: Map<string, string> }) {
  const now = useNow(30_000);
  const { preview, error } = props.found;
  if (error) return <p className="cbp-dim">Who would be told cannot be foreseen now: {error.message}</p>;
  if (!preview) return <p className="cbp-dim">Looking…</p>;
  const lines = previewLines(preview.steps);
  if (lines.length === 0) return <Alert status="warning" icon title="Nobody would be told" description="Nobody is on call for this service." />;
  const seen = new Set<string>();
  return (
    <ol className="cbp-rail">
      {lines.slice(0, LINES_MAX).map(line => {
        const there = seen.has(line.personId) ? '' : localTime(line.zone || props.zones.get(line.personId) || null, now);
        seen.add(line.personId);
        return (
          <li key={`${line.at} ${line.personId}`}>
            <time>{offset(line.at)}</time>
            <div>
              <b>{line.name}</b>
              {line.channels.length > 0 && `, ${allOf(line.channels)}`}
              {there && <span className="cbp-meta">It is {there}.</span>}
            </div>
          </li>
        );
      })}
      {lines.length > LINES_MAX && (
        <li>
          <span />
          <span className="cbp-dim">and so on, until somebody answers</span>
        </li>
      )}
    </ol>
  );
}

/** What is open already, so that people do not make the same incident twice: theirs can become a note of it. */
function SameThing({ open, ready, add }: { open: Incident[]; ready: boolean; add: ((incident: Incident) => void) | undefined }) {
  if (open.length === 0) return null;
  return (
    <div className="cbp-gap">
      <Icon shape="unknown" />
      <div className="cbp-grow">
        <b>Maybe the same thing?</b>
        <ul className="cbp-same">
          {open.slice(0, SAME_MAX).map(incident => (
            <li key={incident.id}>
              <span>
                <Outside href={incident.html_url}>{incident.title}</Outside>
                {incident.status === 'triggered' ? ' is open and nobody has it yet.' : ' is being worked on.'}
              </span>
              {add && (
                <Button size="small" variant="secondary" isDisabled={!ready} aria-label={`Add yours as a note to ${incident.title}`} onPress={() => add(incident)}>
                  Add yours as a note
                </Button>
              )}
            </li>
          ))}
        </ul>
        {open.length > SAME_MAX && <span className="cbp-meta">{`${open.length - SAME_MAX} more open`}</span>}
      </div>
    </div>
  );
}

export interface TriggerDialogProps {
  /** What is paged about, as people call it. */
  name: string;
  selector: Selector;
  onCall?: OnCallData | null;
  /** What is open: it may be the same thing. */
  open?: Incident[];
  /** Whether what was typed may become a note of one of these instead. */
  mayRespond: boolean;
  close: () => void;
  /** After an incident has been made. */
  made: () => void;
}

export function TriggerDialog(props: TriggerDialogProps) {
  const { name, selector, close, made } = props;
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [title, setTitle] = useState('');
  const [details, setDetails] = useState('');
  const [urgency, setUrgency] = useState<Urgency>('service');
  const [priority, setPriority] = useState(NO_PRIORITY);
  const [chosen, setChosen] = useState<Named[]>([]);
  const [sending, setSending] = useState(false);
  const [refusal, setRefusal] = useState<PagerDutyError | undefined>();
  const found = usePreview(selector, urgency, chosen.length === 0);
  const { assignees } = useAssignees('', selector.account);
  const zones = new Map(
    (props.onCall?.levels ?? []).flatMap(level => level.people.map(person => [person.id, person.time_zone ?? ''] as const)),
  );
  const first = found.preview?.steps.filter(step => step.at_seconds === found.preview?.steps[0]?.at_seconds) ?? [];
  const told = chosen.length ? chosen.map(person => person.name) : [...new Set(first.map(step => step.person.name))];
  const verb = urgency === 'low' ? 'Tell' : 'Page';

  const [noteFailed, setNoteFailed] = useState(false);

  const carryOut = async (what: () => Promise<string>, isNote: boolean) => {
    setSending(true);
    setRefusal(undefined);
    setNoteFailed(isNote);
    try {
      alerts.post({ message: await what(), severity: 'success', display: 'transient' });
      made();
      close();
    } catch (error) {
      setRefusal(error instanceof PagerDutyError ? error : new PagerDutyError(0, [(error as Error).message]));
      setSending(false);
    }
  };
  const addNote = (incident: Incident) =>
    carryOut(async () => {
      const content = [title.trim(), details.trim(), `Page: ${window.location.href}`].filter(Boolean).join('\n');
      await api.change('notes', incident.id, { content }, selector.account);
      return `“${incident.title}” has your note. Nobody else was paged.`;
    }, true);
  const send = () =>
    carryOut(async () => {
      const incident = await api.trigger({
        ...selector,
        title: title.trim(),
        details: details.trim() || undefined,
        urgency: sentUrgency(urgency),
        priority_id: priority === NO_PRIORITY ? undefined : priority,
        assignee_ids: chosen.length ? chosen.map(person => person.id) : undefined,
        source_url: window.location.href,
      });
      return `Incident #${incident.number} is made: ${title.trim()}`;
    }, false);

  return (
    <Dialog isOpen onOpenChange={open => !open && close()} width={560}>
      <DialogHeader>{`Page someone about ${name}`}</DialogHeader>
      <DialogBody>
        <form
          className="cbp cbp-form"
          onSubmit={event => {
            event.preventDefault();
            if (title.trim() && !sending) void send();
          }}
        >
          <p className="cbp-dim">
            For what can wait, another way is better. Your name and a link to this page go along.
          </p>
          <TextField
            label="What is wrong, in one line"
            isRequired
            autoFocus
            value={title}
            onChange={setTitle}
            maxLength={1024}
            isInvalid={Boolean(refusal?.fields.title)}
            description={refusal?.fields.title}
          />
          <TextAreaField label="What you saw" secondaryLabel="Optional" value={details} onChange={setDetails} rows={3} />
          <RadioGroup
            label="Urgency"
            orientation="horizontal"
            value={urgency}
            onChange={value => setUrgency(value as Urgency)}
          >
            <Radio value="service">As the service decides</Radio>
            <Radio value="high">High, wake them</Radio>
            <Radio value="low">Low, no need to wake anybody</Radio>
          </RadioGroup>
          {assignees?.problems.priorities && <p className="cbp-dim">Priorities cannot be chosen: {assignees.problems.priorities}</p>}
          {assignees && assignees.priorities.length > 0 && (
            <Select
              label="Priority"
              selectionMode="single"
              options={[
                { id: NO_PRIORITY, label: 'None' },
                ...assignees.priorities.map(one => ({ id: one.id, label: one.name })),
              ]}
              value={priority}
              onChange={value => setPriority(String(value ?? NO_PRIORITY))}
            />
          )}
          <details>
            <summary>{chosen.length ? `For ${listed(chosen.map(person => person.name))}` : 'For somebody in particular'}</summary>
            <PeoplePicker label="Who" account={selector.account} chosen={chosen} onChange={setChosen} />
          </details>
          <div className="cbp-box" aria-live="polite">
            <h3>Who will be paged</h3>
            {chosen.length > 0 ? (
              <p>{listed(chosen.map(person => person.name))}, at once, by their own rules.</p>
            ) : (
              <WhoWillBePaged found={found} zones={zones} />
            )}
          </div>
          <SameThing open={props.open ?? []} ready={title.trim() !== '' && !sending} add={props.mayRespond ? incident => void addNote(incident) : undefined} />
          {refusal && <Alert status="danger" icon title={noteFailed ? 'No note was added' : 'No incident was made'} description={refusal.messages.join(' ')} />}
        </form>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={close}>
          Cancel
        </Button>
        <Button destructive={urgency !== 'low'} className={urgency !== 'low' ? 'cbp-danger' : undefined} isDisabled={!title.trim()} isPending={sending} onPress={() => void send()}>
          {told.length ? `${verb} ${listed(told)} now` : 'Create incident'}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
