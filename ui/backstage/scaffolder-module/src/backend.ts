import type { AuthService, BackstageCredentials, DiscoveryService } from '@backstage/backend-plugin-api';

const DEADLINE_MS = 30_000;

export interface BackendOptions {
  auth: Pick<AuthService, 'getPluginRequestToken'>;
  discovery: Pick<DiscoveryService, 'getBaseUrl'>;
  fetch?: typeof fetch;
}

/** What became of something that a template asked for. */
export interface Outcome {
  /** `would_create` is the answer to a dry run. */
  outcome: 'created' | 'found' | 'would_create';
  account: string;
  /** Empty for a dry run of something new. */
  id: string;
  name: string;
  html_url: string | null;
  integration_key?: string;
  /** What the account's plan does not have, for services. */
  left_out?: string[];
}

async function fail(what: string, answer: Response): Promise<never> {
  const body = (await answer.json().catch(() => undefined)) as { errors?: string[]; error?: { message?: string } } | undefined;
  const why = body?.errors?.join(' ') ?? body?.error?.message ?? `status ${answer.status}`;
  throw new Error(`${what}: ${why}`);
}

/** Asks the plugin's backend, in the name of whoever runs the template. */
export class Backend {
  readonly #options: BackendOptions;

  constructor(options: BackendOptions) {
    this.#options = options;
  }

  /**
   * Has `kind` made unless it is there already.
   * @throws Error with the backend's own words when it refuses or is away.
   */
  async provision(kind: string, body: Record<string, unknown>, credentials: BackstageCredentials): Promise<Outcome> {
    const { auth, discovery } = this.#options;
    const base = await discovery.getBaseUrl('pagerduty');
    const { token } = await auth.getPluginRequestToken({ onBehalfOf: credentials, targetPluginId: 'pagerduty' });
    const answer = await this.#post(`${base}/provision/${kind}`, body, { Authorization: `Bearer ${token}` });
    if (!answer.ok) await fail(`The plugin pagerduty does not make it (${kind})`, answer);
    return (await answer.json()) as Outcome;
  }

  async #post(url: string, body: Record<string, unknown>, headers: Record<string, string>): Promise<Response> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    try {
      return await (this.#options.fetch ?? fetch)(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
    } catch (error) {
      throw new Error(`${new URL(url).origin} could not be reached: ${(error as Error).message}`);
    }
  }
}
