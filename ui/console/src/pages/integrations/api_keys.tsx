export function ApiKeysPage() { return <h1>ApiKeysPage</h1>; }
export function CreateApiKeyPage() { return <h1>CreateApiKeyPage</h1>; }
