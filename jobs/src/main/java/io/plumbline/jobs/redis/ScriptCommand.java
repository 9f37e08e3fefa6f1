package io.plumbline.jobs.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;

/** Commands that run scripts. */
final class ScriptCommand {
  private ScriptCommand() {}

  static CommandArgs<String, String> arguments(
      Script script, RedisBatcher.Sending sending, String... keys) {
    return new CommandArgs<>(StringCodec.UTF8)
        .add(sending == RedisBatcher.Sending.DIGEST ? script.digest() : script.text())
        .add(keys.length)
        .addKeys(keys);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static AsyncCommand<String, String, Object> of(
      RedisBatcher.Sending sending, CommandArgs<String, String> arguments) {
    CommandType type =
        sending == RedisBatcher.Sending.DIGEST ? CommandType.EVALSHA : CommandType.EVAL;
    return new AsyncCommand(new Command<>(type, new IntegerOutput<>(StringCodec.UTF8), arguments));
  }
}
