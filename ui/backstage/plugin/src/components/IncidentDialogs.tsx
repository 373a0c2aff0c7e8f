import { Button, Dialog, DialogBody, DialogFooter, DialogHeader, TextAreaField } from '@backstage/ui';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Incident, Named } from '../api/types.js';
import { PeoplePicker } from './PeoplePicker.js';

/** A question with one answer; it stays open when the answer fails. */
function Asking(props: {
  title: string;
  action: string;
  ready: boolean;
  close: () => void;
  send: () => Promise<boolean>;
  children: ReactNode;
}) {
  const [sending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    const done = await props.send();
    setSending(false);
    if (done) props.close();
  };
  return (
    <Dialog isOpen onOpenChange={open => !open && props.close()} width={480}>
      <DialogHeader>{props.title}</DialogHeader>
      <DialogBody>
        <div className="cbp cbp-form">{props.children}</div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={props.close}>
          Cancel
        </Button>
        <Button isDisabled={!props.ready} isPending={sending} onPress={() => void send()}>
          {props.action}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

export function ReassignDialog(props: {
  incident: Incident;
  account: string | undefined;
  close: () => void;
  send: (assigneeIds: string[]) => Promise<boolean>;
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

export function NoteDialog(props: { incident: Incident; close: () => void; send: (content: string) => Promise<boolean> }) {
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
