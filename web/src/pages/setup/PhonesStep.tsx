// Step 1: telephones that are set up by hand; each gets a password that is shown later.
import { ActionIcon, Button, Group, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../shell/icons';

const NAME = /^[A-Za-z0-9._-]{1,32}$/;

interface PhonesStepProps {
  phones: string[];
  onChange: (phones: string[]) => void;
  onNext: () => void;
}

export function PhonesStep({ phones, onChange, onNext }: PhonesStepProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);

  /** False: the name is no good, and stays to be mended. */
  const add = () => {
    if (!NAME.test(name)) setError(t('errors.pattern.phone.name'));
    else if (phones.includes(name)) setError(t('errors.code.not_unique'));
    else {
      onChange([...phones, name]);
      setName('');
      return true;
    }
    return false;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name) add();
    else onNext();
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        {phones.map((phone) => (
          <Group key={phone} gap="xs" wrap="nowrap">
            <Icon name="phones" size={16} />
            <strong>{phone}</strong>
            <ActionIcon
              variant="subtle"
              aria-label={t('setup.remove', { name: phone })}
              onClick={() => onChange(phones.filter((other) => other !== phone))}
            >
              <Icon name="trash" size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('setup.phoneName')}
            description={t('setup.phoneHelp')}
            value={name}
            error={error}
            maxLength={32}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setError(null);
            }}
          />
          <Button variant="default" onClick={add} disabled={!name}>
            {t('setup.addPhone')}
          </Button>
        </Group>
      </Stack>
      <Group mt="lg" justify="flex-end">
        <Button onClick={() => (name ? add() && onNext() : onNext())}>{t('setup.next')}</Button>
      </Group>
    </form>
  );
}
