// A softphone with a tone for a microphone and a recording for a loudspeaker; it answers by itself.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from './server.mjs';
import { toneShare, toneWav } from './wav.mjs';

const MODULES = ['/usr/lib/baresip/modules', '/usr/lib/x86_64-linux-gnu/baresip/modules', '/usr/lib/aarch64-linux-gnu/baresip/modules'];
const RATE = 8000;
const HOST = '127.0.0.1'; // from where its voice comes to any address of loopback

export class Baresip {
  /** encryption: a mediaenc of baresip, or nothing. */
  static async register(server, { name, secret, hertz, encryption }) {
    const phone = new Baresip();
    phone.folder = mkdtempSync(join(tmpdir(), 'strowger-baresip-'));
    phone.recordings = join(phone.folder, 'recordings');
    mkdirSync(phone.recordings);
    writeFileSync(join(phone.folder, 'tone.wav'), toneWav(hertz, RATE, 60));
    phone.controlPort = await freePort(HOST);
    const modules = ['g711', 'aufile', 'aubridge', 'sndfile', ...(encryption ? ['srtp'] : [])].map((one) => `module ${one}.so\n`);
    const apps = ['account', 'menu', 'ctrl_tcp'].map((one) => `module_app ${one}.so\n`);
    writeFileSync(
      join(phone.folder, 'config'),
      `sip_listen ${HOST}:${await freePort(HOST)}\naudio_source aufile,${phone.folder}/tone.wav\naudio_player aubridge,nil\n` +
        `audio_alert aubridge,nil\nring_aufile none\nmodule_path ${MODULES.find(existsSync)}\n${modules.join('')}${apps.join('')}` +
        `ctrl_tcp_listen ${HOST}:${phone.controlPort}\nsnd_path ${phone.recordings}\n`,
    );
    writeFileSync(
      join(phone.folder, 'accounts'),
      `<sip:${name}@${server.host}:${server.sipPort};transport=udp>;auth_user=${name};auth_pass=${secret};regint=120;` +
        `answermode=auto;audio_codecs=PCMA${encryption ? `;mediaenc=${encryption}` : ''}\n`,
    );
    writeFileSync(join(phone.folder, 'contacts'), '');
    const out = openSync(join(phone.folder, 'log'), 'a');
    phone.process = spawn('baresip', ['-f', phone.folder], { stdio: ['ignore', out, out] });
    phone.ended = new Promise((done) => phone.process.once('exit', done));
    await until(() => /200 OK/.test(phone.log), `${name} registers`);
    phone.control = connect(phone.controlPort, HOST);
    phone.control.on('error', () => {});
    await new Promise((done) => phone.control.once('connect', done));
    return phone;
  }

  get log() {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  command(command, params = '') {
    const text = JSON.stringify({ command, params, token: command });
    this.control.write(`${text.length}:${text},`);
  }

  /** Keys of its call, as RFC 4733 has them. */
  press(keys) {
    this.command('sndcode', keys);
  }

  recording() {
    const name = readdirSync(this.recordings).filter((one) => one.endsWith('-dec.wav')).sort().at(-1);
    return name && join(this.recordings, name);
  }

  /** Seconds of what it heard in its last call, so far. */
  seconds() {
    return this.recording() ? statSync(this.recording()).size / 2 / RATE : 0;
  }

  /** How much of its last call's last second was that tone. To be asked when the call is over. */
  heard(hertz) {
    const bytes = readFileSync(this.recording());
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44 + ((bytes.length - 44) % 2), bytes.byteOffset + bytes.length));
    return toneShare(samples.slice(-RATE), hertz, RATE);
  }

  async close() {
    this.control.destroy();
    this.process.kill();
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
