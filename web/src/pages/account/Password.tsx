import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { useChangePassword } from '../../api/session';
import { fieldHelp } from '../../forms/texts';
import { fieldErrorText, notifyDone, notifyError } from '../../shell/notify';

type FieldName = 'old_password' | 'password' | 'again';
const EMPTY: Record<FieldName, string> = { old_password: '', password: '', again: '' };

export function Password() {
  const { t } = useTranslation();
  const change = useChangePassword();
  const [values, setValues] = useState(EMPTY);
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});

  const refuse = (error: unknown) => {
    if (error instanceof ApiError && error.fields.length) setErrors(Object.fromEntries(error.fields.map((e) => [e.field, fieldErrorText(e)])));
    else notifyError(error);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (values.password !== values.again) return setErrors({ again: t('errors.code.passwords_differ') });
    setErrors({});
    change.mutate(
      { old_password: values.old_password, password: values.password },
      {
        onSuccess: () => {
          setValues(EMPTY);
          notifyDone(t('account.password.done'));
        },
        onError: refuse,
      },
    );
  };
  const input = (field: FieldName, autoComplete: string) => (
    <PasswordInput
      name={field}
      required
      label={t(`account.password.${field}`)}
      description={field === 'password' ? fieldHelp('user', 'password', true) : undefined}
      error={errors[field]}
      autoComplete={autoComplete}
      value={values[field]}
      onChange={(event) => setValues({ ...values, [field]: event.currentTarget.value })}
    />
  );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        <Text c="dimmed">{t('account.password.intro')}</Text>
        {input('old_password', 'current-password')}
        {input('password', 'new-password')}
        {input('again', 'new-password')}
        <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
          {t('account.password.change')}
        </Button>
      </Stack>
    </form>
  );
}
