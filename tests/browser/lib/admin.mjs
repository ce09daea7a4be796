// The administrator without a browser: makes what a test needs before it looks at the page.
export const ADMIN = { login: '1000', password: 'geheim-1', first_name: 'Ada', last_name: 'Admin', email: 'ada@example.com' };

export class Admin {
  static async setUp(server, extra = {}) {
    const admin = new Admin(server);
    admin.remember(await admin.send('POST', 'setup', { ...ADMIN, language: 'en', ...extra }));
    return admin;
  }

  constructor(server) {
    this.server = server;
  }

  remember({ headers, body }) {
    this.cookie = headers.get('set-cookie').split(';')[0];
    this.csrf = body.csrf;
    this.user = body.user;
  }

  /** body: what becomes JSON, or the bytes of a sound file. */
  async send(method, path, body) {
    const sound = Buffer.isBuffer(body);
    const headers = { 'Content-Type': sound ? 'audio/wav' : 'application/json' };
    if (this.cookie) Object.assign(headers, { cookie: this.cookie, 'X-CSRF-Token': this.csrf });
    const options = { method, headers, body: sound || body === undefined ? body : JSON.stringify(body) };
    const answer = await fetch(`${this.server.url}/api/${path}`, options);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { headers: answer.headers, body: text ? JSON.parse(text) : null };
  }

  async get(path) {
    return (await this.send('GET', path)).body;
  }

  async post(path, body) {
    return (await this.send('POST', path, body)).body;
  }

  async patch(path, body) {
    return (await this.send('PATCH', path, body)).body;
  }

  /** A user with a number and a phone that is known by its address. */
  async person({ first_name, last_name, number, login, phone = {}, ...more }) {
    const device = await this.post('phones', { name: `phone-${number}`, ...phone });
    const user = await this.post('users', { first_name, last_name, login, password: 'geheim-2', phones: [device.id], ...more });
    await this.post('numbers', { number, kind: 'internal', user: user.id });
    return { user, phone: device };
  }
}
