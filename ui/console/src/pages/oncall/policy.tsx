export function CreatePolicyPage() { return <h1>CreatePolicyPage</h1>; }
export function PolicyPage() { return <h1>PolicyPage</h1>; }
export function EditPolicyPage() { return <h1>EditPolicyPage</h1>; }
