// Logging out is a form of the server's, with a token that the server's page brought.

let formToken = '';

export function takeFormToken(): void {
  formToken = document.querySelector<HTMLInputElement>('form[action="/console/logout"] input[name=form_token]')?.value ?? '';
}

export function logOut(): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/console/logout';
  const token = document.createElement('input');
  token.type = 'hidden';
  token.name = 'form_token';
  token.value = formToken;
  form.append(token);
  document.body.append(form);
  form.submit();
}
