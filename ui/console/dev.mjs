// A mirror of a running Callboard with the application from dist in its pages: `node dev.mjs http://127.0.0.1:8080 8081`.
// For work on the console without rebuilding the server; `vite build --watch` keeps dist fresh.
import { readFileSync, existsSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';

const [target = 'http://127.0.0.1:8080', port = '8081'] = process.argv.slice(2);
const dist = new URL('./dist/', import.meta.url).pathname;
const types = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

function head() {
  const entry = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))['src/main.tsx'];
  const styles = (entry.css ?? []).map((name) => `<link rel="stylesheet" href="/console/app/${name}">`).join('');
  return `${styles}<script type="module" src="/console/app/${entry.file}"></script></body>`;
}

createServer((asked, answer) => {
  const path = asked.url.split('?')[0];
  if (path.startsWith('/console/app/')) {
    const file = join(dist, normalize(path.slice('/console/app/'.length)));
    if (!file.startsWith(dist) || !existsSync(file)) return answer.writeHead(404).end();
    return answer.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  }
  const headers = { ...asked.headers };
  delete headers['accept-encoding'];
  const onward = request(target + asked.url, { method: asked.method, headers }, (got) => {
    const isPage = String(got.headers['content-type']).startsWith('text/html');
    if (!isPage) return got.pipe(answer.writeHead(got.statusCode, got.headers));
    let text = '';
    got.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => {
      const page = text.includes('/console/logout') ? text.replace(/<link[^>]*\/console\/app\/[^>]*>|<script[^>]*\/console\/app\/[^>]*><\/script>/g, '').replace('</body>', head) : text;
      const { 'content-length': _, ...kept } = got.headers;
      answer.writeHead(got.statusCode, kept).end(page);
    });
  });
  onward.on('error', () => answer.writeHead(502).end('The server does not answer.'));
  asked.pipe(onward);
}).listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/console/ shows ${target} with dist`));
