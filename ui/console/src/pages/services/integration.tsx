export function AddIntegrationPage() { return <h1>AddIntegrationPage</h1>; }
export function IntegrationPage() { return <h1>IntegrationPage</h1>; }
