// What a program that a test has started says first, whole: a line may come in pieces.
import { createInterface } from 'node:readline';

/** Its first line; rejects when it ends before. */
export function firstLine(child, name) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}
