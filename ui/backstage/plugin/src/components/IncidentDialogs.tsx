import { Radio, RadioGroup, TextAreaField } from '@backstage/ui';
import { useState } from 'react';
import type { Incident, Named } from '../api/types.js';
import { Asking } from './Asking.js';
import { PeoplePicker } from './PeoplePicker.js';

export function ReassignDialog(props: {
  incident: Incident;
  account: string | undefined;
  close: () => void;
  send: (assigneeIds: string[]) => Promise<void>;
}) {
  const [chosen, setChosen] = useState<Named[]>([]);
  return (
    <Asking
      title="Reassign"
      action={chosen.length ? `Reassign to ${chosen.map(person => person.name).join(', ')}` : 'Reassign'}
      ready={chosen.length > 0}
      close={props.close}
      send={() => props.send(chosen.map(person => person.id))}
    >
      <p className="cbp-dim">“{props.incident.title}” goes to those you choose, who are told at once.</p>
      <PeoplePicker label="To whom" account={props.account} chosen={chosen} onChange={setChosen} />
    </Asking>
  );
}

export function RespondersDialog(props: {
  incident: Incident;
  account: string | undefined;
  close: () => void;
  send: (what: { user_ids: string[]; message?: string }) => Promise<void>;
}) {
  const [chosen, setChosen] = useState<Named[]>([]);
  const [message, setMessage] = useState('');
  const names = chosen.map(person => person.name);
  return (
    <Asking
      title="Add responders"
      action={names.length ? `Ask ${names.join(', ')} to help` : 'Ask to help'}
      ready={chosen.length > 0}
      close={props.close}
      send={() => props.send({ user_ids: chosen.map(person => person.id), message: message.trim() || undefined })}
    >
      <p className="cbp-dim">“{props.incident.title}” stays with whom it is assigned to. Those you choose are told at once and can accept or decline.</p>
      <PeoplePicker label="Whose help" account={props.account} chosen={chosen} onChange={setChosen} />
      <TextAreaField label="What for" secondaryLabel="Optional" value={message} onChange={setMessage} maxLength={1000} rows={2} />
    </Asking>
  );
}

export function MergeDialog(props: { incident: Incident; others: Incident[]; close: () => void; send: (into: string) => Promise<void> }) {
  const [into, setInto] = useState('');
  return (
    <Asking title="Merge into another incident" action="Merge" ready={into !== ''} close={props.close} send={() => props.send(into)}>
      <p className="cbp-dim">
        The alerts of “{props.incident.title}” move to the one you choose, and it is resolved: nobody is told of it any more. This cannot be undone.
      </p>
      <RadioGroup label="Which one stays" value={into} onChange={setInto}>
        {props.others.map(one => (
          <Radio key={one.id} value={one.id}>{`#${one.number} ${one.title}`}</Radio>
        ))}
      </RadioGroup>
    </Asking>
  );
}

export function NoteDialog(props: { incident: Incident; close: () => void; send: (content: string) => Promise<void> }) {
  const [content, setContent] = useState('');
  return (
    <Asking
      title="Add a note"
      action="Add the note"
      ready={content.trim() !== ''}
      close={props.close}
      send={() => props.send(content.trim())}
    >
      <TextAreaField
        label="Note"
        description={`Everybody who looks at “${props.incident.title}” sees it, with your name.`}
        value={content}
        onChange={setContent}
        maxLength={25_000}
        rows={5}
      />
    </Asking>
  );
}
