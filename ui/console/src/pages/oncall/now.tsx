export function OnCallPage() { return <h1>OnCallPage</h1>; }
