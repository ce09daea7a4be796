// Where the link in the mail leads. Its token is in the fragment, which no browser sends anywhere.
import { Alert, Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { ApiError } from '../../api/error';
import { useResetPassword } from '../../api/passwordReset';
import { checkSession } from '../../api/session';
import { fieldHelp } from '../../forms/texts';
import { Door } from '../../shell/Door';
import { errorText, fieldErrorText } from '../../shell/notify';

export default function NewPassword() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const reset = useResetPassword();
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [differ, setDiffer] = useState(false);

  // not left in the history for who comes next
  useEffect(() => window.history.replaceState(window.history.state, '', window.location.pathname), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setDiffer(password !== again);
    if (password === again) reset.mutate({ token, password }, { onSuccess: () => void checkSession() });
  };
  const about = reset.error instanceof ApiError ? reset.error.fields.find(({ field }) => field === 'password') : undefined;

  if (reset.isSuccess) {
    return (
      <Door title={t('login.newPassword.title')}>
        <Stack gap="sm">
          <Text role="status">{t('login.newPassword.done')}</Text>
          <Button onClick={() => navigate('/', { replace: true })}>{t('login.newPassword.toLogin')}</Button>
        </Stack>
      </Door>
    );
  }
  return (
    <Door title={t('login.newPassword.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {reset.isError && !about && (
            <Alert color="red" role="alert" p="xs">
              {errorText(reset.error)}
            </Alert>
          )}
          <PasswordInput
            name="password"
            label={t('account.password.password')}
            description={fieldHelp('user', 'password', true)}
            error={about && fieldErrorText(about)}
            autoComplete="new-password"
            required
            data-autofocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <PasswordInput
            name="again"
            label={t('account.password.again')}
            error={differ && t('errors.code.passwords_differ')}
            autoComplete="new-password"
            required
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
          />
          <Button type="submit" fullWidth loading={reset.isPending}>
            {t('login.newPassword.set')}
          </Button>
          <Button variant="subtle" onClick={() => navigate('/', { replace: true })}>
            {t('login.newPassword.toLogin')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
