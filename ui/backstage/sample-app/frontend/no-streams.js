// The catalog's export of tables as CSV wants Node's streams; this app does without it.
export class Transform {
  constructor() {
    throw new Error('This sample exports no tables.');
  }
}
