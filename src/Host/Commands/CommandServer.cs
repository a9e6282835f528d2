using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Event;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Commands;

/// <summary>How patient a command server is.</summary>
internal sealed record CommandLimits
{
    /// <summary>Connections at a time; one more is turned away.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>How long a client may take from connecting to the end of its command's line.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a wrong secret is left without an answer.</summary>
    public TimeSpan WrongSecret { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>The port at which a node takes commands: see <see cref="Greeting"/> for what is said there.</summary>
internal sealed class CommandServer : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly Props _palettes;
    private readonly CommandEndpoint _endpoint;
    private readonly CommandLimits _limits;
    private readonly ILoggingAdapter _log;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly Task _accepting;

    private CommandServer(ActorSystem system, Props palettes, CommandEndpoint endpoint, CommandLimits limits, TcpListener listener)
    {
        (_system, _palettes, _endpoint, _limits, _listener) = (system, palettes, endpoint, limits, listener);
        _log = Logging.GetLogger(system, "commands");
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>How many connections there are now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Begins to take commands.</summary>
    /// <param name="system">The node's actor system.</param>
    /// <param name="palettes">The actor that carries out one client's commands: takes a <c>PaletteCommand</c>, answers with <c>PaletteResponse</c>s.</param>
    /// <param name="endpoint">Where, and from whom.</param>
    /// <param name="limits">How patient it is.</param>
    /// <exception cref="InputException">The address cannot be listened at, or must not be without protection.</exception>
    public static CommandServer Start(ActorSystem system, Props palettes, CommandEndpoint endpoint, CommandLimits? limits = null)
    {
        var listener = new TcpListener(endpoint.Resolve());
        try
        {
            listener.Start();
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw new InputException(
                $"cannot listen for commands at {endpoint.Host}:{endpoint.Port}: {error.Message}"
                + (error.SocketErrorCode == SocketError.AddressAlreadyInUse ? "; another node may: --commands, or spiketrail.commands.port, chooses another port, 0 any" : ""),
                error);
        }

        return new CommandServer(system, palettes, endpoint, limits ?? new(), listener);
    }

    /// <summary>Takes no more commands, tells those under way that the node ends, and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                var served = ServeAsync(socket, welcome: Connections < _limits.Connections);
                _connections.TryAdd(served, true);
                _ = served.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                // Asked to stop.
            }
            catch (SocketException error)
            {
                // No more descriptors, say: others may be given back soon.
                _log.Warning("a connection could not be taken: {0}", error.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Socket socket, bool welcome)
    {
        // Off the accepting loop at once.
        await Task.Yield();
        var client = $"{socket.RemoteEndPoint}";
        try
        {
            if (!welcome && _endpoint.Tls is not null)
            {
                // Not worth the work of a handshake.
                _log.Warning("{0}: turned away: too many connections", client);
                return;
            }

            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            deadline.CancelAfter(_limits.Request);
            await using var frames = new FrameStream(await OpenAsync(socket, deadline.Token));
            await new CommandConnection(_system, _palettes, _endpoint.Secret, _limits, _log, client, frames).ServeAsync(welcome, deadline, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            _log.Warning("{0}: {1}", client, _stopping.IsCancellationRequested ? "cut off, the node ends" : "no whole command in time");
        }
        catch (Exception error) when (error is InvalidDataException or AuthenticationException)
        {
            _log.Warning("{0}: refused: {1}", client, error is InvalidDataException ? error.Message : "no TLS, or no certificate that is trusted");
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            _log.Debug("{0}: the connection ended: {1}", client, error.Message);
        }
        catch (Exception error)
        {
            _log.Error(error, "{0}: a connection failed", client);
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task<Stream> OpenAsync(Socket socket, CancellationToken cancellation)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (_endpoint.Tls is not { } tls)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = tls.Certificate,
                    ClientCertificateRequired = tls.ClientAuthorities is not null,
                    CertificateChainPolicy = tls.ClientAuthorities is { } trusted ? Certificates.Trusting(trusted) : null,
                },
                cancellation);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }
}
