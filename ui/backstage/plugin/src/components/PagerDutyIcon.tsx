/** A bell, for the sidebar and the cards. */
export function PagerDutyIcon() {
  return (
    <svg width="1em" height="1em" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" style={{ fontSize: '1.25rem' }}>
      <path d="M4 17.5h16c-1.7-1.8-2.2-3.8-2.2-7.3a5.8 5.8 0 0 0-11.6 0c0 3.5-.5 5.5-2.2 7.3Zm5.4 2a2.7 2.7 0 0 0 5.2 0Z" />
    </svg>
  );
}
