import { useState } from 'react';
import { useSession } from '../../api/reads';
import { Button } from '../../parts/base';
import { ActDialog, TextField } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { tell } from '../../parts/toasts';
import { readViews, withView, writeViews } from './views';

/** Names of filters that are used again, and keeping the one that is shown. */
export function SavedViews({ search }: { search: string }) {
  const { user } = useSession();
  const [views, setViews] = useState(() => readViews(user.id));
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const keep = (next: typeof views) => {
    writeViews(user.id, next);
    setViews(next);
  };
  const current = views.find((one) => one.search === search);
  const remove = (gone: (typeof views)[number]) => {
    keep(views.filter((one) => one !== gone));
    tell(`The view “${gone.name}” is gone.`, () => Promise.resolve(keep(withView(readViews(user.id), gone))));
  };
  if (views.length === 0 && !search) return null;
  return (
    <nav className="views row tight wrap" aria-label="Saved views">
      {views.map((one) => (
        <span key={one.name} className="pill"><a href={`/console/incidents${one.search}`} aria-current={one === current ? 'page' : undefined}>{one.name}</a>
          <button type="button" className="x" aria-label={`Delete the view ${one.name}`} onClick={() => remove(one)}><Icon name="close" /></button></span>
      ))}
      {search && !current ? <Button size="sm" look="quiet" onClick={() => setNaming(true)}>Save this view</Button> : null}
      {naming ? (
        <ActDialog title="Save this view" act="Save" busy={false} error={null} failed="" onClose={() => setNaming(false)} onAct={() => { keep(withView(views, { name: name.trim(), search })); setName(''); setNaming(false); }}>
          <TextField label="Name" value={name} onChange={setName} required maxLength={40} autoFocus hint="Kept in this browser. Its address can be sent to others." />
        </ActDialog>
      ) : null}
    </nav>
  );
}
