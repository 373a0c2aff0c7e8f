export function UsersPage() { return <h1>UsersPage</h1>; }
export function TeamsPage() { return <h1>TeamsPage</h1>; }
export function TeamPage() { return <h1>TeamPage</h1>; }
