/** Offers a text as a file, as a browser offers downloads. */
export function saveFile(name: string, text: string, type = 'text/csv') {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
