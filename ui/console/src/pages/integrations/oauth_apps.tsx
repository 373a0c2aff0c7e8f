export function OAuthAppsPage() { return <h1>OAuthAppsPage</h1>; }
