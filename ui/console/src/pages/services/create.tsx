export function CreateServicePage() { return <h1>CreateServicePage</h1>; }
