// A real SMTP server whose mails are files; the same that the system tests use.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLine } from './said.mjs';
import { freePort, ROOT } from './server.mjs';

export class Smtpd {
  static async start(host) {
    const server = new Smtpd();
    server.host = host;
    server.port = await freePort(host);
    server.folder = mkdtempSync(join(tmpdir(), 'strowger-smtpd-'));
    mkdirSync(join(server.folder, 'mails'));
    server.mood('friendly');
    server.process = spawn('/usr/bin/python3', [join(ROOT, 'tests/system/smtpd.py'), host, String(server.port), server.folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await firstLine(server.process, 'the SMTP server');
    return server;
  }

  /** friendly, greylist, refuse. */
  mood(word) {
    writeFileSync(join(this.folder, 'mood'), word);
  }

  mails() {
    const path = join(this.folder, 'mails');
    return readdirSync(path).sort().map((name) => readFileSync(join(path, name), 'utf8'));
  }

  stop() {
    this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
