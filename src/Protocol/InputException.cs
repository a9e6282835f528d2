namespace SpikeTrail.Protocol;

/// <summary>
/// What the user gave cannot be used. The message is one line that names the file and the key and says what was
/// expected; the program prints it and ends with exit code 2.
/// </summary>
/// <param name="message">The line.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class InputException(string message, Exception? inner = null) : Exception(message, inner);
