import { CopyButton } from './base';

/** Text to be copied, whole. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className="codebox">
      <div className="row small"><b className="grow">{label}</b><CopyButton text={text} /></div>
      <pre className="code" tabIndex={0}>{text}</pre>
    </div>
  );
}
