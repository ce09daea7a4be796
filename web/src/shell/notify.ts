// Short messages in the corner of the page.
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { reasonText } from '../i18n/reasons';
import { ApiError, type FieldError } from '../api/error';

function knownText(code: string): string | null {
  const key = `errors.code.${code}`;
  return i18next.exists(key) ? i18next.t(key) : null;
}

export function fieldErrorText(error: FieldError): string {
  return knownText(error.code) ?? error.message;
}

export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return i18next.t('errors.unexpected');
  if (error.code === 'too_many_attempts' && error.waitS > 0) return i18next.t('errors.wait', { count: error.waitS });
  if (error.reason) return `${knownText(error.code) ?? ''} ${reasonText(i18next.t, error.reason)}`;
  return knownText(error.code) ?? (error.message || i18next.t('errors.status', { status: error.status }));
}

export const closeButton = () => ({ closeButtonProps: { 'aria-label': i18next.t('forms.close') } });

export function notifyError(error: unknown) {
  notifications.show({ color: 'red', title: i18next.t('errors.title'), message: errorText(error), ...closeButton() });
}

export function notifyDone(message: string) {
  notifications.show({ color: 'petrol', message, autoClose: 2500, ...closeButton() });
}
