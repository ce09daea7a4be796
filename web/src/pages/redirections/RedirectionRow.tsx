// One redirection of a number: a switch, where to, and after how many seconds.
import { NumberInput, Select, Switch, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { useMailboxTargets, useRedirect, type Redirected, type RedirectionValues, type Trigger } from '../../api/redirections';
import type { PhoneNumber, Redirection } from '../../api/types';
import { fieldLabel, optionLabel } from '../../forms/texts';
import { fieldErrorText, notifyError } from '../../shell/notify';
import classes from './redirections.module.css';

const AFTER_S = 20; // as the server's description has it

interface RedirectionRowProps {
  whose: Redirected;
  number: PhoneNumber;
  trigger: Trigger;
  stored: Redirection | null;
  note?: string;
}

const NUMBER = 'number';

/** As people write numbers: 0211 / 555-20. */
const digitsOf = (text: string) => text.replace(/[\s/().-]/g, '');

export function RedirectionRow({ whose, number, trigger, stored, note }: RedirectionRowProps) {
  const { t } = useTranslation();
  const redirect = useRedirect(whose, number.id, trigger);
  const boxes = useMailboxTargets(whose);
  const toMailbox = stored?.kind === 'mailbox';
  const storedTarget = stored?.target ?? '';
  const storedSeconds = stored?.after_s ?? AFTER_S;
  const [target, setTarget] = useState(storedTarget);
  const [seconds, setSeconds] = useState<string | number>(storedSeconds);
  const [fault, setFault] = useState<{ field: string; text: string } | null>(null);
  const on = redirect.isPending ? (redirect.variables.enabled ?? stored?.enabled ?? false) : (stored?.enabled ?? false);

  // somebody else, or a key of a phone, may change it while the page is open
  useEffect(() => setTarget(storedTarget), [storedTarget]);
  useEffect(() => setSeconds(storedSeconds), [storedSeconds]);

  const save = (values: RedirectionValues) => {
    setFault(null);
    redirect.mutate(values, {
      onError: (error) => {
        const field = error instanceof ApiError ? error.fields[0] : undefined;
        if (field) setFault({ field: field.field, text: fieldErrorText(field) });
        else notifyError(error);
      },
    });
  };
  const saveTarget = () => {
    const digits = digitsOf(target);
    // without a target it is off: a switch that does nothing would mislead
    if (digits !== storedTarget) save(digits ? { target: digits } : { target: '', enabled: false });
  };
  const saveSeconds = () => {
    if (seconds !== '' && Number(seconds) !== storedSeconds) save({ after_s: Number(seconds) });
  };
  const turn = (enabled: boolean) => save(enabled && !toMailbox ? { enabled, target: digitsOf(target) } : { enabled });
  /** A mailbox, or back to the number that was remembered. */
  const choose = (choice: string | null) => {
    if (choice === null || choice === NUMBER) save({ kind: 'number', ...(digitsOf(target) ? {} : { enabled: false }) });
    else save({ kind: 'mailbox', mailbox: Number(choice) });
  };
  const error = (field: string) => (fault?.field === field ? fault.text : undefined);
  const name = optionLabel('redirection', 'trigger', trigger);

  return (
    <div className={classes.row} role="group" aria-label={t('redirections.of', { number: number.number, when: name })}>
      <Switch
        className={classes.when}
        label={name}
        description={note}
        checked={on}
        onChange={(event) => turn(event.currentTarget.checked)}
      />
      {(boxes.length > 0 || toMailbox) && (
        <Select
          className={classes.target}
          label={fieldLabel('redirection', 'kind')}
          data={[
            { value: NUMBER, label: optionLabel('redirection', 'kind', NUMBER) },
            ...boxes.map(({ id, name }) => ({ value: String(id), label: t('redirections.mailbox', { name }) })),
          ]}
          value={toMailbox && stored.mailbox !== null ? String(stored.mailbox) : NUMBER}
          allowDeselect={false}
          error={error('mailbox')}
          onChange={choose}
        />
      )}
      {!toMailbox && <TextInput
        className={classes.target}
        label={fieldLabel('redirection', 'target')}
        inputMode="tel"
        autoComplete="off"
        value={target}
        error={error('target') ?? (fault && fault.field !== 'after_s' && fault.field !== 'mailbox' ? fault.text : undefined)}
        onChange={(event) => setTarget(event.currentTarget.value)}
        onBlur={saveTarget}
        onKeyDown={(event) => event.key === 'Enter' && saveTarget()}
      />}
      {trigger === 'timeout' && (
        <NumberInput
          className={classes.after}
          label={fieldLabel('redirection', 'after_s')}
          min={1}
          max={300}
          value={seconds}
          error={error('after_s')}
          onChange={setSeconds}
          onBlur={saveSeconds}
          onKeyDown={(event) => event.key === 'Enter' && saveSeconds()}
        />
      )}
    </div>
  );
}
