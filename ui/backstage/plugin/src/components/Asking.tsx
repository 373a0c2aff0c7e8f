import { Alert, Button, Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { PagerDutyError } from '../api/client.js';

/** A question with one answer. When that fails it stays open, with what was chosen and what went wrong. */
export function Asking(props: {
  title: string;
  action: string;
  ready: boolean;
  close: () => void;
  send: () => Promise<void>;
  children: ReactNode;
}) {
  const [sending, setSending] = useState(false);
  const [problems, setProblems] = useState<string[]>([]);
  const send = async () => {
    setSending(true);
    setProblems([]);
    try {
      await props.send();
      props.close();
    } catch (error) {
      setProblems(error instanceof PagerDutyError ? error.messages : [(error as Error).message]);
      setSending(false);
    }
  };
  return (
    <Dialog isOpen onOpenChange={open => !open && props.close()} width={480}>
      <DialogHeader>{props.title}</DialogHeader>
      <DialogBody>
        <div className="cbp cbp-form">
          {props.children}
          {problems.length > 0 && <Alert status="danger" icon title="Nothing was changed" description={problems.join(' ')} />}
        </div>
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
