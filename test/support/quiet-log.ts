/** Tests provoke errors on purpose; MILLRACE_LOG_LEVEL=warn shows what the platform says of them. */
process.env['MILLRACE_LOG_LEVEL'] ??= 'silent';
