export function CreateSchedulePage() { return <h1>CreateSchedulePage</h1>; }
export function EditSchedulePage() { return <h1>EditSchedulePage</h1>; }
