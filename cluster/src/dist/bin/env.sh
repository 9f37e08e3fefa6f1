# Sourced by the programs beside it: where Flink lies, and with what its JVMs start.
# JAVA_HOME, FLINK_CONF_DIR and FLINK_LOG_DIR are respected.

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
conf=${FLINK_CONF_DIR:-$home/conf}
logs=${FLINK_LOG_DIR:-$home/log}
mkdir -p "$logs"

# Flink finds its plugins and, beside lib/, the jars of an application by these.
export FLINK_CONF_DIR=$conf FLINK_LIB_DIR=$home/lib FLINK_PLUGINS_DIR=$home/plugins FLINK_LOG_DIR=$logs

jvm=(
  -cp "$home/lib/*"
  --add-opens=java.base/java.lang=ALL-UNNAMED
  --add-opens=java.base/java.util=ALL-UNNAMED
  --add-opens=java.base/java.nio=ALL-UNNAMED
  --add-opens=java.base/java.net=ALL-UNNAMED
  --add-opens=java.base/java.io=ALL-UNNAMED
)

# The memory of a JobManager (JM) or TaskManager (TM) as its configuration says: sets `memory`, for
# the JVM, and `sizes`, for Flink.
work_out_memory() {
  local kind=$1 said
  shift
  said=$("$java" "${jvm[@]}" -XX:TieredStopAtLevel=1 -Xshare:auto \
    -Dlog4j.configurationFile="file:$conf/log4j-cli.properties" -Dlog.file=/dev/null \
    org.apache.flink.runtime.util.bash.BashJavaUtils "GET_${kind}_RESOURCE_PARAMS" --configDir "$conf" "$@" |
    sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p')
  { read -r -a memory && read -r -a sizes; } <<<"$said" || {
    echo "the memory of the $kind cannot be worked out from $conf/config.yaml" >&2
    return 1
  }
}

# Becomes a process of the cluster. PROCESS_NAME names its log, and sets those of one kind apart.
become() {
  local name=${PROCESS_NAME:-$(basename "$0")}
  exec "$java" "${jvm[@]}" "${memory[@]}" \
    -Dlog4j.configurationFile="file:$conf/log4j.properties" -Dlog.file="$logs/$name.log" "$@"
}
