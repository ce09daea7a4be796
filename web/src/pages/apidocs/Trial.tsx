// Asks the server, as the person who is logged in.
import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, query } from '../../api/client';
import { ApiError } from '../../api/error';
import classes from './apidocs.module.css';
import type { Operation } from './document';

const SHOWN_CHARACTERS = 20_000;

function target({ path, parameters }: Operation, values: Record<string, string>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const asked = parameters.filter((one) => one.in === 'query').map(({ name }): [string, string] => [name, values[name] ?? '']);
  return filled.replace(/^\/api\//, '') + query(Object.fromEntries(asked));
}

export function Trial({ operation }: { operation: Operation }) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, string>>({});
  const [answer, setAnswer] = useState('');
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const body = await api.get<unknown>(target(operation, values));
      setAnswer(JSON.stringify(body, null, 2).slice(0, SHOWN_CHARACTERS));
    } catch (error) {
      setAnswer(error instanceof ApiError ? `${error.status} ${error.code}` : String(error));
    }
  };
  return (
    <form onSubmit={(event) => void ask(event)} noValidate>
      <Group gap="xs" mt="xs" align="flex-end">
        {operation.parameters.map(({ name }) => (
          <TextInput
            key={name}
            size="xs"
            w={130}
            aria-label={t('apidocs.value', { name })}
            placeholder={name}
            value={values[name] ?? ''}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        ))}
        <Button type="submit" variant="default">
          {t('apidocs.try')}
        </Button>
      </Group>
      {answer && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={`mono ${classes.code}`} tabIndex={0} aria-label={t('apidocs.trying')} aria-live="polite">
          {answer}
        </pre>
      )}
    </form>
  );
}
