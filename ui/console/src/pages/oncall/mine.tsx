export function MyShiftsPage() { return <h1>MyShiftsPage</h1>; }
