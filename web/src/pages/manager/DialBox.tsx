// Calls somebody: the own phone rings first.
import { Button, Group, Select } from '@mantine/core';
import { useState, type FormEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useDial, useDialPhone, useOwnPhones } from '../../api/manager';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import classes from './manager.module.css';
import { NumberInput, numberOf } from './NumberInput';

const ANY = 'any';

export function DialBox({ field }: { field: RefObject<HTMLInputElement> }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [phone, setPhone] = useDialPhone();
  const phones = useOwnPhones();
  const dial = useDial();
  const number = numberOf(text);

  const choices = (phones.data ?? []).map(({ id, name, registered }) => ({
    value: String(id),
    label: registered ? name : t('manager.away', { name }),
  }));
  const known = choices.some(({ value }) => value === String(phone));
  const call = (event: FormEvent) => {
    event.preventDefault();
    if (!number) return;
    dial.mutate(number, {
      onError: notifyError,
      onSuccess: () => {
        notifyDone(t('manager.dialling', { number }));
        setText('');
      },
    });
  };

  return (
    <form className={`panel ${classes.box}`} aria-labelledby="manager-dial" onSubmit={call}>
      <h2 id="manager-dial">{t('manager.dial')}</h2>
      <NumberInput ref={field} label={t('manager.number')} value={text} onChange={setText} />
      <Group mt="sm" align="flex-end" justify="space-between">
        <Select
          label={t('manager.phone')}
          data={[{ value: ANY, label: t('manager.anyPhone') }, ...choices]}
          value={known ? String(phone) : ANY}
          allowDeselect={false}
          onChange={(value) => setPhone(value === null || value === ANY ? null : Number(value))}
        />
        <Button type="submit" disabled={!number} loading={dial.isPending} leftSection={<Icon name="calls" size={15} />}>
          {t('manager.call')}
        </Button>
      </Group>
    </form>
  );
}
